export * from "./clock";
export * from "./database";
export * from "./deps";
export * from "./given";
export * from "./random";
export * from "./seed";
export * from "./world";
