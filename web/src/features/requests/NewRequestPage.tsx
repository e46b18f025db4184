import { Page } from "../../ui/Page";

export default function NewRequestPage() {
  return <Page title="NewRequest">{null}</Page>;
}
