import { lazy, useState } from "react";

import { Credentials } from "./Credentials";

// Only a first sign-in needs these.
const Enrolment = lazy(() => import("./Enrolment"));
const RecoveryCodes = lazy(() => import("../../ui/RecoveryCodes"));

/** Where a sign-in stands: the second factor is set up at the first one, and its recovery codes are shown once. */
type Step =
  | { readonly at: "credentials" }
  | { readonly at: "enrolment"; readonly token: string }
  | { readonly at: "codes"; readonly codes: readonly string[] };

interface SignInProps {
  /** Whose sign-in: fixed where somebody only comes back. */
  readonly username?: string;
  readonly done: () => void;
}

/** From a name to a login. Used at the door, and in the dialog over a page whose login has ended. */
export default function SignIn({ username, done }: SignInProps) {
  const [step, setStep] = useState<Step>({ at: "credentials" });
  switch (step.at) {
    case "credentials":
      return (
        <Credentials
          username={username}
          signedIn={done}
          enrol={(token) => {
            setStep({ at: "enrolment", token });
          }}
        />
      );
    case "enrolment":
      return (
        <Enrolment
          token={step.token}
          enrolled={(codes) => {
            setStep({ at: "codes", codes });
          }}
        />
      );
    case "codes":
      return <RecoveryCodes codes={step.codes} kept={done} />;
  }
}
