import { useMe } from "../../api/me";
import { useTexts } from "../../i18n/language";
import { Facts } from "../../ui/Facts";
import { Columns, Page, Panel } from "../../ui/Page";
import { Ago, Moment } from "../../ui/times";
import { roleTexts } from "../../ui/words";
import { Logins } from "./Logins";
import { Notices } from "./Notices";
import { Passkeys } from "./Passkeys";
import { Password } from "./Password";
import { Recovery } from "./Recovery";
import { texts } from "./texts";

/** One's own account: where one is signed in, and how one proves it. */
export default function AccountPage() {
  const t = useTexts(texts);
  return (
    <Page title={t("title")}>
      <Columns
        main={
          <>
            <Logins />
            <Passkeys />
            <Notices />
          </>
        }
        side={
          <>
            <You />
            <Recovery />
            <Password />
          </>
        }
      />
    </Page>
  );
}

function You() {
  const t = useTexts(texts);
  const role = useTexts(roleTexts);
  const me = useMe();
  return (
    <Panel title={me.display_name === "" ? t("you") : me.display_name}>
      <Facts
        facts={[
          { label: t("username"), value: me.username },
          { label: t("organization"), value: me.organization },
          { label: t("roles"), value: me.roles.map((each) => role(each)).join(", ") },
          { label: t("groups"), value: me.groups.length === 0 ? t("no_groups") : me.groups.join(", ") },
          { label: t("signed_in"), value: <Ago at={me.authenticated_at} /> },
          { label: t("login_ends"), value: <Moment at={me.expires_at} /> },
        ]}
      />
    </Panel>
  );
}
