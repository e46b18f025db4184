/** What the page and the prover's thread say to each other. */

import type { Bytes } from "./bytes";
import type { Proof } from "./proof";

export type ToProver =
  | {
      readonly kind: "prove";
      readonly size: number;
      readonly jwks: readonly unknown[];
      readonly expectClosed: boolean;
      readonly wantsIndex: boolean;
    }
  | { readonly kind: "bytes"; readonly ask: number; readonly bytes: Bytes }
  | { readonly kind: "unread"; readonly ask: number };

export type FromProver =
  | { readonly kind: "read"; readonly ask: number; readonly offset: number; readonly length: number }
  | {
      readonly kind: "progress";
      readonly verifiedBytes: number;
      readonly segments: number;
      readonly index: Bytes | null;
    }
  | { readonly kind: "proof"; readonly proof: Proof }
  | { readonly kind: "failed" };
