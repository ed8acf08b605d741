/**
 * Does the asynchronous work once and shares its answer; a failure is not kept, so the next caller tries again.
 * `opened` is the answer if there is one, without starting the work.
 */
export function once<T>(work: () => Promise<T>): { (): Promise<T>; opened(): Promise<T> | undefined } {
  let pending: Promise<T> | undefined;
  const run = () => {
    if (!pending) {
      const attempt = work();
      pending = attempt;
      attempt.catch(() => {
        if (pending === attempt) pending = undefined;
      });
    }
    return pending;
  };
  return Object.assign(run, { opened: () => pending });
}
