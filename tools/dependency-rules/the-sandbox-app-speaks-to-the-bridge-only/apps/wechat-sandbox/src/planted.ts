import { thing } from "../../../packages/contracts/src/thing";

export const planted = thing;
