import { Page } from "../../ui/Page";

export default function EnrolPage() {
  return <Page title="Enrol">{null}</Page>;
}
