import { explain } from "../plain-error";
import { keepServices } from "./services";

export async function main(args: string[]): Promise<number> {
  try {
    if (args[0] === "--services") await keepServices(console.log);
    return 0;
  } catch (error) {
    console.error(explain(error));
    return 1;
  }
}
