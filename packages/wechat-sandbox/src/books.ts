import type { BookEntry, BookOrder, Books } from "./sandbox-types";
import { type Order, refundedFen, tradeStateOf } from "./state";
import type { World } from "./world";

/** WeChat's books, read from its state; every answer is a copy. */
export function createBooks(world: World): Books {
  const { state } = world;

  function toBookOrder(order: Order): BookOrder {
    return structuredClone({
      outTradeNo: order.outTradeNo,
      openid: order.openid,
      description: order.description,
      attach: order.attach,
      totalFen: order.totalFen,
      state: tradeStateOf(state, order),
      prepayId: order.prepayId,
      notifyUrl: order.notifyUrl,
      profitSharing: order.profitSharing,
      createdAt: order.createdAt,
      prepaidAt: order.prepaidAt,
      expiresAt: order.expiresAt,
      closedAt: order.closedAt,
    });
  }

  function entries(): BookEntry[] {
    const all: BookEntry[] = [];
    for (const { outTradeNo, totalFen, payment } of state.orders.values()) {
      if (payment)
        all.push({ at: payment.succeededAt, kind: "payment", number: outTradeNo, amountFen: totalFen });
    }
    for (const { outRefundNo, refundFen, status, endedAt } of state.refunds.values()) {
      if (status === "SUCCESS" && endedAt) {
        all.push({ at: endedAt, kind: "refund", number: outRefundNo, amountFen: -refundFen });
      }
    }
    return structuredClone(all.sort((a, b) => a.at.getTime() - b.at.getTime()));
  }

  return {
    order(outTradeNo) {
      const order = state.orders.get(outTradeNo);
      return order ? toBookOrder(order) : null;
    },
    orders: () => [...state.orders.values()].map(toBookOrder),
    payments: () =>
      [...state.orders.values()].flatMap(({ outTradeNo, openid, totalFen, payment }) => {
        if (!payment) return [];
        const { transactionId, payerTotalFen, succeededAt, shipping } = payment;
        return structuredClone({
          transactionId,
          outTradeNo,
          openid,
          totalFen,
          payerTotalFen,
          refundedFen: refundedFen(state, outTradeNo),
          succeededAt,
          shipping,
        });
      }),
    refunds: () =>
      [...state.refunds.values()].map((refund) =>
        structuredClone({
          refundId: refund.refundId,
          outRefundNo: refund.outRefundNo,
          outTradeNo: refund.outTradeNo,
          transactionId: state.orders.get(refund.outTradeNo)?.payment?.transactionId ?? "",
          refundFen: refund.refundFen,
          status: refund.status,
          acceptedAt: refund.acceptedAt,
          endedAt: refund.endedAt,
        }),
      ),
    entries,
    totals() {
      let paidFen = 0;
      let givenBackFen = 0;
      for (const { kind, amountFen } of entries()) {
        if (kind === "payment") paidFen += amountFen;
        else givenBackFen -= amountFen;
      }
      return { paidFen, refundedFen: givenBackFen, balanceFen: paidFen - givenBackFen };
    },
  };
}
