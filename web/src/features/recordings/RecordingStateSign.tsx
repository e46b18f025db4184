import { Signal, type Tone } from "../../ui/Signal";
import { useTexts } from "../../i18n/language";
import type { Recording } from "./data";
import { texts } from "./texts";

const TONES: Readonly<Record<Recording["state"], Tone>> = {
  open: "info",
  closed: "calm",
  failed: "alarm",
  crashed: "notice",
  broken: "alarm",
};

/** How a recording ended, as the broker has it; whether that is true is for the proof to say. */
export function RecordingStateSign({
  state,
  plain = false,
}: {
  readonly state: Recording["state"];
  readonly plain?: boolean;
}) {
  const t = useTexts(texts);
  return (
    <Signal tone={TONES[state]} plain={plain}>
      {t(`state_${state}`)}
    </Signal>
  );
}
