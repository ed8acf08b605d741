import { thing } from "../payment/thing";

export const planted = thing;
