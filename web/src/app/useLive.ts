import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";

import { LiveEvents, type Link } from "../api/live";
import { concernedBy } from "../api/topics";

/** A short break is nobody's business: the page says only what lasts. */
const QUIET_MILLISECONDS = 1500;

interface Live {
  readonly events: LiveEvents;
  /** The link has been away long enough to say so. */
  readonly isLost: boolean;
}

/** Keeps the link of live events while somebody is signed in: what changes is read anew by every query that it concerns. */
export function useLive(said: (what: "back" | "restarted") => void): Live {
  const cache = useQueryClient();
  const [events] = useState(() => new LiveEvents());
  const [isLost, setIsLost] = useState(false);
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let wasSaid = false;
    const lost = () => {
      timer ??= setTimeout(() => {
        wasSaid = true;
        setIsLost(true);
      }, QUIET_MILLISECONDS);
    };
    const found = (isRestarted: boolean) => {
      clearTimeout(timer);
      timer = undefined;
      setIsLost(false);
      if (isRestarted || wasSaid) said(isRestarted ? "restarted" : "back");
      wasSaid = false;
    };
    events.start({
      link: (link: Link, isRestarted: boolean) => {
        if (link === "lost") lost();
        else if (link === "live") found(isRestarted);
      },
      changed: (topic) => {
        for (const subject of concernedBy(topic)) void cache.invalidateQueries({ queryKey: [subject] });
      },
      reset: () => void cache.invalidateQueries(),
      refused: () => void cache.invalidateQueries({ queryKey: ["me"] }),
    });
    return () => {
      clearTimeout(timer);
      events.stop();
    };
  }, [cache, events, said]);
  return { events, isLost };
}
