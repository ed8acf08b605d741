import { thing } from "../../core/src/thing";

export const planted = thing;
