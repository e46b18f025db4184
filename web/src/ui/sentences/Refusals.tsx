import type { ApiError } from "../../api/problems";
import type { Reason } from "../../api/types";
import { Why } from "./Said";

/** Why something was denied: each reason with what would help, in the page's language. */
export default function Refusals({ problem }: { readonly problem: ApiError }) {
  return (
    <ul>
      {(problem.records("reasons") as unknown as readonly Reason[]).map((reason) => (
        <li key={`${reason.code} ${reason.policy ?? ""}`}>
          <Why {...reason} />
        </li>
      ))}
    </ul>
  );
}
