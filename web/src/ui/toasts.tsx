import { CloseButton } from "@mantine/core";
import { IconCircleCheck, IconInfoCircle } from "@tabler/icons-react";
import { createContext, use, useCallback, useMemo, useRef, useState, type ReactNode } from "react";

import { useTexts } from "../i18n/language";
import classes from "./toasts.module.css";
import { toastsTexts } from "./texts";

const SHOWN_MILLISECONDS = 6000;
const MOST = 3;

interface Toast {
  readonly id: number;
  readonly text: string;
  readonly kind: "done" | "note";
}
type Say = (text: string, kind?: Toast["kind"]) => void;
const ToastContext = createContext<Say>(() => undefined);

/** Says in a corner what was done, without taking the focus. Failures never stand here: they stay where they happened. */
export function Toasts({ children }: { readonly children: ReactNode }) {
  const t = useTexts(toastsTexts);
  const [toasts, setToasts] = useState<readonly Toast[]>([]);
  const last = useRef(0);
  const drop = useCallback((id: number) => {
    setToasts((shown) => shown.filter((toast) => toast.id !== id));
  }, []);
  const say = useCallback<Say>(
    (text, kind = "done") => {
      const id = ++last.current;
      setToasts((shown) => [...shown.slice(1 - MOST), { id, text, kind }]);
      setTimeout(drop, SHOWN_MILLISECONDS, id);
    },
    [drop],
  );
  const region = useMemo(
    () =>
      toasts.map(({ id, text, kind }) => (
        <div key={id} className={classes.toast} data-kind={kind}>
          {kind === "done" ? <IconCircleCheck aria-hidden /> : <IconInfoCircle aria-hidden />}
          <span className={classes.text}>{text}</span>
          <CloseButton
            size="sm"
            aria-label={t("close")}
            onClick={() => {
              drop(id);
            }}
          />
        </div>
      )),
    [toasts, drop, t],
  );
  return (
    <ToastContext value={say}>
      {children}
      <div className={classes.region} role="status" aria-live="polite">
        {region}
      </div>
    </ToastContext>
  );
}

/** `const say = useToast(); say(t("approved"))`. */
export function useToast(): Say {
  return use(ToastContext);
}
