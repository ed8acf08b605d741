import { thing } from "../../db/src/thing";

export const planted = thing;
