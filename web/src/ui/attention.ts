/** How much waits for an answer of whoever looks at the pages: each page's window says so in its title. */

import { createContext } from "react";

export const AttentionContext = createContext(0);
