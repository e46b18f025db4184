import { useState, type ReactNode } from "react";

interface AskingProps {
  readonly button: (ask: () => void) => ReactNode;
  readonly dialog: (close: () => void) => ReactNode;
}

/** A button, and the dialog that it opens. */
export function Asking({ button, dialog }: AskingProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      {button(() => {
        setIsOpen(true);
      })}
      {isOpen
        ? dialog(() => {
            setIsOpen(false);
          })
        : null}
    </>
  );
}
