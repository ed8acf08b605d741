import { thing } from "../../../packages/trpc/src/thing";

export const planted = thing;
