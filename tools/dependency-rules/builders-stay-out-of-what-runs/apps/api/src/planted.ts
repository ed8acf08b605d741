import { thing } from "../../../packages/testing/src/thing";

export const planted = thing;
