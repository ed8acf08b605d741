export * from "./actor";
export * from "./app-error";
export * from "./deps";
export * from "./money";
export * from "./numbers";
export * from "./outbox";
export * from "./stay-date";
