/** Nothing to see yet: only the title. */
export function mount(root, { t }) {
  const title = document.createElement("h1");
  title.textContent = t("title");
  root.append(title);
  return () => root.replaceChildren();
}
