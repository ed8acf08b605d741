import { thing } from "../../../infra/src/thing";

export const planted = thing;
