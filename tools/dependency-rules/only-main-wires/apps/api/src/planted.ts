import { thing } from "../../../packages/infra/src/thing";

export const planted = thing;
