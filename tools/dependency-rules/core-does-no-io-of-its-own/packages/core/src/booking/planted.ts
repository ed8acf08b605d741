import { get } from "node:http";

export const planted = get;
