export { findMerchants } from "./find-merchants";
export { findGoodHosts, getHost } from "./hosts";
export { requireMembership } from "./require-membership";
