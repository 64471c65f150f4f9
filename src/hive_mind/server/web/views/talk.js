export const full = true;

export function mount(root, { t }) {
  const title = document.createElement("h1");
  title.textContent = t("title");
  root.append(title);
}
