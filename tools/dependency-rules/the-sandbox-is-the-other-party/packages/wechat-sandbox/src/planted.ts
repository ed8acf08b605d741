import { thing } from "../../contracts/src/thing";

export const planted = thing;
