import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createCallerFactory, router } from "./procedures";
import { accountRouter } from "./routers/account";
import { bookingRouter } from "./routers/booking";
import { listingRouter } from "./routers/listing";
import { merchantRouter } from "./routers/merchant";
import { operationsRouter } from "./routers/operations";
import { paymentRouter } from "./routers/payment";
import { reviewRouter } from "./routers/review";

export const appRouter = router({
  account: accountRouter,
  booking: bookingRouter,
  listing: listingRouter,
  merchant: merchantRouter,
  operations: operationsRouter,
  payment: paymentRouter,
  review: reviewRouter,
});

export type AppRouter = typeof appRouter;
export type RouterInputs = inferRouterInputs<AppRouter>;
export type RouterOutputs = inferRouterOutputs<AppRouter>;

/** Procedures as functions, with all their checks, for edges of our own (the mini-program bridge). */
export const createCaller = createCallerFactory(appRouter);
