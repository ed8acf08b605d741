import { isUnavailable, sqlStateOf } from "@looklook/db";

export { isUnavailable };

/** Whether PostgreSQL refused a text of the caller's: it stores every character but NUL. */
export function isUnstorableText(error: unknown): boolean {
  return sqlStateOf(error) === "22021";
}
