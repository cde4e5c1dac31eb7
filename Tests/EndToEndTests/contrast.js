// The texts of a page that are closer to what is behind them than 4.5:1 (WCAG 2.2, success criterion 1.4.3), whatever their size.
(() => {
  const parts = (colour) => { const numbers = colour.match(/[\d.]+/g).map(Number); return numbers.length < 4 ? [...numbers, 1] : numbers; };
  const over = (top, under) => under.map((value, index) => top[index] * top[3] + value * (1 - top[3]));
  const luminance = (colour) => {
    const [red, green, blue] = colour.map((value) => value / 255)
      .map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const behind = (element) => {
    const layers = [];
    for (let each = element; each; each = each.parentElement) layers.push(parts(getComputedStyle(each).backgroundColor));
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  for (const details of document.querySelectorAll("details")) details.open = true;
  const found = [];
  let looked = 0;
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const text = texts.currentNode.textContent.trim();
    if (!text || ["SCRIPT", "STYLE", "OPTION"].includes(element.tagName) || !element.getClientRects().length) continue;
    const style = getComputedStyle(element);
    const back = behind(element);
    const ink = over(parts(element.closest("svg") ? style.fill : style.color), back);
    const [low, high] = [luminance(ink), luminance(back)].sort((one, other) => one - other);
    const contrast = (high + 0.05) / (low + 0.05);
    looked += 1;
    if (contrast < 4.5) found.push(contrast.toFixed(2) + ": " + text.slice(0, 40));
  }
  if (looked < 300) found.push("only " + looked + " texts were looked at");
  for (const details of document.querySelectorAll("details")) details.open = false;
  return [...new Set(found)];
})()
