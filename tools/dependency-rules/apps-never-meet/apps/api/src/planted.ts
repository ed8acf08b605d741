import { thing } from "../../worker/src/thing";

export const planted = thing;
