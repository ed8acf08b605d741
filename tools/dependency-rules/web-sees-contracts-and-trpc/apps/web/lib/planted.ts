import { thing } from "../../../packages/core/src/thing";

export const planted = thing;
