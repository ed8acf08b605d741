import {
  Done,
  FindCasesInput,
  FindCasesOutput,
  FindDeadLettersInput,
  FindDeadLettersOutput,
  ReplayDeadLetterInput,
} from "@looklook/contracts";
import { findCases, findDeadLetters, replayDeadLetter } from "@looklook/core";
import { describe, operatorProcedure, router } from "../procedures";

export const operationsRouter = router({
  deadLetters: operatorProcedure
    .meta(describe("operations.deadLetters", "Events that a subscriber could not handle"))
    .input(FindDeadLettersInput)
    .output(FindDeadLettersOutput)
    .query(({ ctx, input }) => findDeadLetters(ctx, input)),

  replayDeadLetter: operatorProcedure
    .meta(describe("operations.replayDeadLetter", "Gives a dead letter to its subscriber again"))
    .input(ReplayDeadLetterInput)
    .output(Done)
    .mutation(({ ctx, input }) => replayDeadLetter(ctx, { ...input, actor: ctx.actor })),

  cases: operatorProcedure
    .meta(describe("operations.cases", "What a person has to look at: money that matches nothing"))
    .input(FindCasesInput)
    .output(FindCasesOutput)
    .query(({ ctx, input }) => findCases(ctx, input)),
});
