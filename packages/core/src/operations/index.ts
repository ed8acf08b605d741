export { findDeadLetters, replayDeadLetter } from "./dead-letters";
export { findCases } from "./find-cases";
export { purgeExpired } from "./purge-expired";
