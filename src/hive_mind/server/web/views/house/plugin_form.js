// A form made from what a plugin says that it can be set to. Secrets go in and never come out.

import { h } from "../../dom.js";
import { field, form } from "./parts.js";

/** The form of a plugin; `onSave` gets `{config, secrets}`. */
export function pluginForm(t, plugin, onSave) {
  const inputs = plugin.fields.map((one) => ({ one, ...inputOf(t, one) }));
  const save = () => {
    const config = {};
    const secrets = {};
    for (const { one, input, cleared } of inputs) {
      if (one.kind !== "secret") config[one.key] = valueOf(one, input);
      else if (cleared?.checked) secrets[one.key] = null;
      else if (input.value) secrets[one.key] = input.value;
    }
    return onSave(Object.keys(secrets).length ? { config, secrets } : { config });
  };
  return form({ class: "stack", autocomplete: "off" }, save, ...inputs.map((made) => made.element), h("button", { class: "button main" }, t("save")));
}

function inputOf(t, one) {
  const label = one.label ?? words(one.key);
  if (one.kind === "secret") return secretOf(t, one, label);
  if (one.kind === "switch") {
    const input = h("input", { type: "checkbox", class: "switch", role: "switch", checked: Boolean(one.value) });
    return { input, element: h("label", { class: "row spread" }, label, input) };
  }
  if (one.kind === "lines") {
    const input = h("textarea", { rows: 4, value: (one.value ?? []).join("\n") });
    return { input, element: field(label, input, t("plugins.one_a_line")) };
  }
  const input = h("input", { type: one.kind === "number" ? "number" : "text", value: String(one.value ?? ""), step: "any", maxLength: 2000 });
  const usual = one.value !== one.default ? t("plugins.usual", { value: String(one.default) }) : null;
  return { input, element: field(label, input, usual) };
}

function secretOf(t, one, label) {
  const input = h("input", { type: "password", autocomplete: "new-password", maxLength: 2000, placeholder: t(one.source ? "plugins.secret_set" : "plugins.secret_missing") });
  const outside = one.source === "environment";
  input.disabled = outside;
  const hint = outside ? t("fixed", { by: one.key }) : t(one.needed ? "plugins.secret_needed" : "plugins.secret_optional");
  const element = field(label, input, hint);
  if (one.source !== "house") return { input, element };
  const cleared = h("input", { type: "checkbox" });
  element.append(h("label", { class: "row small" }, cleared, t("plugins.secret_clear")));
  return { input, cleared, element };
}

function valueOf(one, input) {
  if (one.kind === "switch") return input.checked;
  if (one.kind === "number") return input.value === "" ? one.default : Number(input.value);
  if (one.kind === "lines") return input.value.split("\n").map((line) => line.trim()).filter(Boolean);
  return input.value;
}

/** "HOME_ASSISTANT_TOKEN" as "Home assistant token". */
function words(key) {
  const said = key.toLowerCase().replaceAll("_", " ");
  return said.charAt(0).toUpperCase() + said.slice(1);
}
