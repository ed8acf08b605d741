import { thing } from "../../core/src/payment/thing";

export const planted = thing;
