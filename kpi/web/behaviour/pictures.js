// Save a drawing of the page as SVG or PNG: made in the browser, with the page's own font inside.
if (!window.kpiSavesPictures) {
  window.kpiSavesPictures = true;
  const NAMESPACE = "http://www.w3.org/2000/svg";
  const PAD = 24, LINE = 26, SCALE = 2;

  const asDataUrl = (blob) => new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result);
    reader.readAsDataURL(blob);
  });

  const fontFaces = async () => {
    const used = [...document.fonts].filter((face) => face.status === "loaded" && face.family.includes("Plex"));
    const sheets = [...document.styleSheets].flatMap((sheet) => { try { return [...sheet.cssRules]; } catch { return []; } });
    const rules = sheets.filter((rule) => rule instanceof CSSFontFaceRule && rule.style.fontFamily.includes("Plex"));
    const wanted = rules.filter((rule) => used.some((face) => face.weight === rule.style.fontWeight));
    const texts = await Promise.all(wanted.map(async (rule) => {
      const source = /url\("?([^")]+)"?\)/.exec(rule.style.src)?.[1];
      if (!source) return "";
      const data = await asDataUrl(await (await fetch(source)).blob());
      return `@font-face{font-family:"IBM Plex Sans Arabic";font-weight:${rule.style.fontWeight};src:url(${data})}`;
    }));
    return texts.join("");
  };

  const words = (text, x, y, anchor, size, weight, fill) => {
    const element = document.createElementNS(NAMESPACE, "text");
    element.setAttribute("x", x);
    element.setAttribute("y", y);
    element.setAttribute("text-anchor", anchor);
    element.setAttribute("style", `font-size:${size}px;font-weight:${weight};fill:${fill};unicode-bidi:plaintext`);
    element.setAttribute("font-family", "IBM Plex Sans Arabic, Noto Sans Arabic, sans-serif");
    element.textContent = text;
    return element;
  };

  const picture = async (panel, button) => {
    const plot = panel.querySelector(".js-plotly-plot");
    const layers = [...plot.querySelectorAll(".main-svg")];
    const box = plot.getBoundingClientRect();
    const colours = getComputedStyle(document.documentElement);
    const rightToLeft = document.documentElement.dir === "rtl";
    const lines = (button.dataset.caption ?? "").split("\n").filter(Boolean);
    const [width, top] = [box.width + 2 * PAD, PAD + LINE * 1.5];
    const keys = [...panel.querySelectorAll(".kpi-key li")];
    const height = top + box.height + LINE * (keys.length + lines.length) + PAD;
    const whole = document.createElementNS(NAMESPACE, "svg");
    whole.setAttribute("xmlns", NAMESPACE);
    whole.setAttribute("xmlns:xlink", "http://www.w3.org/1999/xlink");
    whole.setAttribute("width", width);
    whole.setAttribute("height", height);
    whole.setAttribute("viewBox", `0 0 ${width} ${height}`);
    const style = document.createElementNS(NAMESPACE, "style");
    style.textContent = await fontFaces();
    const ground = document.createElementNS(NAMESPACE, "rect");
    ground.setAttribute("width", width);
    ground.setAttribute("height", height);
    ground.setAttribute("fill", colours.getPropertyValue("--surface").trim());
    const [ink, muted] = ["--ink", "--muted"].map((name) => colours.getPropertyValue(name).trim());
    const [edge, anchor] = rightToLeft ? [width - PAD, "end"] : [PAD, "start"];
    whole.append(style, ground, words(button.dataset.title ?? "", edge, PAD + LINE / 2, anchor, 17, 700, ink));
    for (const layer of layers) {
      const copy = layer.cloneNode(true);
      copy.setAttribute("x", PAD);
      copy.setAttribute("y", top);
      copy.querySelectorAll(".hoverlayer, .nsewdrag, .drag").forEach((part) => part.remove());
      whole.append(copy);
    }
    keys.forEach((key, index) => {
      const place = top + box.height + LINE * (index + 0.8);
      const swatch = document.createElementNS(NAMESPACE, "rect");
      const look = getComputedStyle(key.querySelector("i"));
      swatch.setAttribute("x", rightToLeft ? edge - 14 : edge);
      swatch.setAttribute("y", place - 10);
      swatch.setAttribute("width", 14);
      swatch.setAttribute("height", 11);
      swatch.setAttribute("fill", look.getPropertyValue("--fill").trim());
      swatch.setAttribute("stroke", look.getPropertyValue("--sign").trim());
      const text = [...key.querySelectorAll("span, a, bdi, small")].map((part) => part.textContent).join("  ");
      whole.append(swatch, words(text, rightToLeft ? edge - 22 : edge + 22, place, anchor, 12, 400, ink));
    });
    lines.forEach((line, index) => {
      whole.append(words(line, edge, top + box.height + LINE * (keys.length + index + 0.8), anchor, 12, 400, muted));
    });
    return { text: new XMLSerializer().serializeToString(whole), width, height };
  };

  const asPng = ({ text, width, height }) => new Promise((resolve, reject) => {
    const image = new Image();
    image.onload = () => {
      const canvas = document.createElement("canvas");
      [canvas.width, canvas.height] = [width * SCALE, height * SCALE];
      const pen = canvas.getContext("2d");
      pen.scale(SCALE, SCALE);
      pen.drawImage(image, 0, 0);
      canvas.toBlob(resolve, "image/png");
    };
    image.onerror = reject;
    image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
  });

  document.addEventListener("click", async (event) => {
    const button = event.target.closest?.("button[data-picture]");
    const panel = button?.closest("[class*=st-key-panel_]");
    if (!panel?.querySelector(".js-plotly-plot .main-svg")) return;
    const form = button.dataset.picture;
    const drawn = await picture(panel, button);
    const blob = form === "png" ? await asPng(drawn) : new Blob([drawn.text], { type: "image/svg+xml" });
    const link = document.createElement("a");
    link.href = URL.createObjectURL(blob);
    link.download = `${button.dataset.name}.${form}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  });
}
