import { prepareTemplate } from "./database";

/** Once for each run: the database that every test file copies. A missing server fails the run. */
export default async function setup() {
  await prepareTemplate();
}
