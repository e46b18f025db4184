import { Button, Text } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { IconLockOpen } from "@tabler/icons-react";

import { answer, api } from "../../api/client";
import { useMe } from "../../api/me";
import { useTexts, type Translator } from "../../i18n/language";
import { Asking } from "../../ui/Asking";
import { ConfirmDialog } from "../../ui/ConfirmDialog";
import { Empty, Loaded } from "../../ui/Loaded";
import { Panel } from "../../ui/Page";
import { RecordList, type Column } from "../../ui/RecordList";
import { Ago } from "../../ui/times";
import { useToast } from "../../ui/toasts";
import { blocksQuery, sessionQuery, type Block } from "./data";
import { UserName } from "./Names";
import { texts } from "./texts";

/** Whose way back to which asset is blocked after a cut. */
export function Blocks() {
  const t = useTexts(texts);
  const me = useMe();
  const blocks = useQuery(blocksQuery);
  return (
    <Panel flush>
      <Loaded query={blocks}>
        {(items) =>
          items.length === 0 ? (
            <Empty icon={<IconLockOpen />} title={t("blocks_none")}>
              {t("blocks_text")}
            </Empty>
          ) : (
            <RecordList
              label={t("view_blocks")}
              items={items}
              columns={columns(t, (block) => me.may("sessions:cut") && block.user !== me.id)}
              id={({ id }) => id}
              href={({ session }) => `/sessions/${session}`}
            />
          )
        }
      </Loaded>
    </Panel>
  );
}

function columns(t: Translator<typeof texts>, mayLift: (block: Block) => boolean): readonly Column<Block>[] {
  return [
    { title: t("user"), cell: (block) => <Of block={block} what="user_name" /> },
    { title: t("asset"), cell: (block) => <Of block={block} what="asset_name" /> },
    { title: t("reason"), cell: (block) => block.reason },
    { title: t("blocked_at"), cell: (block) => <Ago at={block.created_at} /> },
    { title: t("blocked_by"), cell: (block) => <UserName id={block.created_by} /> },
    { title: t("act"), cell: (block) => (mayLift(block) ? <Lift block={block} /> : null), align: "end" },
  ];
}

/** A block names ids; the session that was cut knows what people call them. */
function Of({ block, what }: { readonly block: Block; readonly what: "user_name" | "asset_name" }) {
  const session = useQuery(sessionQuery(block.session));
  return session.data?.items[0]?.[what] ?? (what === "user_name" ? block.user : block.asset);
}

function Lift({ block }: { readonly block: Block }) {
  const t = useTexts(texts);
  const say = useToast();
  const cache = useQueryClient();
  const session = useQuery(sessionQuery(block.session));
  return (
    <Asking
      button={(ask) => (
        <Button size="compact-sm" variant="default" onClick={ask}>
          {t("lift")}
        </Button>
      )}
      dialog={(close) => (
        <ConfirmDialog
          title={t("lift_title")}
          action={t("lift")}
          reason="none"
          confirm={async () => {
            await answer(api.DELETE("/api/v1/blocks/{block}", { params: { path: { block: block.id } } }));
            await cache.invalidateQueries({ queryKey: ["sessions"] });
            say(t("lifted"));
          }}
          close={close}
        >
          <Text>
            {t("lift_text", {
              user: session.data?.items[0]?.user_name ?? block.user,
              asset: session.data?.items[0]?.asset_name ?? block.asset,
            })}
          </Text>
        </ConfirmDialog>
      )}
    />
  );
}
