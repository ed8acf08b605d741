import { buildPhonePage } from "./build";

await buildPhonePage({ isWatching: false });
