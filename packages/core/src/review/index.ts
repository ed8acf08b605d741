export { createReview } from "./create-review";
export { findReviews } from "./find-reviews";
