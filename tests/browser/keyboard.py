"""Walking a page by Tab alone: what is reached, what shows the focus, what stays out of sight."""

from collections.abc import Iterator

from playwright.sync_api import Page

STOPS = """async () => {
    for (const _ of [1, 2, 3]) await new Promise(requestAnimationFrame);
    const radios = new Set();
    let number = 0;
    for (const one of document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]")) {
        if (one.disabled || one.type === "hidden" || one.tabIndex < 0) continue;
        if (!one.checkVisibility({visibilityProperty: true})) continue;
        if (!one.getBoundingClientRect().width) continue;
        if (one.type === "radio" && radios.has(one.name)) continue;
        if (one.type === "radio") radios.add(one.name);
        one.dataset.stop = one.type === "radio" ? one.name : String(number++);
    }
    document.activeElement.blur();
    document.documentElement.style.scrollBehavior = "auto";
    return [...document.querySelectorAll("[data-stop]")].map(one => [
        one.dataset.stop, one.outerHTML.slice(0, 120)]);
}"""
"""Marks what Tab should come to; a group of radio buttons is one stop."""

NOW = """async () => {
    const frame = () => new Promise(requestAnimationFrame);
    await frame();
    const one = document.activeElement;
    if (!one || one === document.body) return null;
    const away = () => {
        const box = one.getBoundingClientRect();
        return box.bottom < 0 || box.top > innerHeight;
    };
    for (let left = 60; left && away(); left--) await frame();  // while the page scrolls to it
    const parts = [one, ...(one.labels || []), one.parentElement];
    const look = () => parts.flatMap(part => [null, "::before", "::after"].map(which => {
        const style = getComputedStyle(part, which);
        return [style.outline, style.boxShadow, style.backgroundColor, style.borderColor,
            style.borderWidth, style.textDecoration].join();
    })).join();
    const focused = look();
    one.blur();
    const plain = look();
    one.focus({preventScroll: true});
    const box = one.getBoundingClientRect();
    const across = Math.min(Math.max(box.x + box.width / 2, 1), innerWidth - 2);
    const there = document.elementFromPoint(across, box.y + Math.min(box.height / 2, 20));
    const label = [...(one.labels || [])].some(each => each.contains(there));
    return {
        stop: one.type === "radio" ? one.name : one.dataset.stop,
        words: one.outerHTML.slice(0, 120),
        shown: focused !== plain,
        seen: Boolean(there) && (one.contains(there) || there.contains(one) || label),
        before: there ? there.outerHTML.slice(0, 120) : "",
    };
}"""


def faults_by_keyboard(page: Page) -> Iterator[str]:
    """What Tab does not come to, and what has the focus without showing it or behind something."""
    page.emulate_media(reduced_motion="reduce")
    stops = dict(page.evaluate(STOPS))
    assert stops
    for _press in range(len(stops) + 5):
        page.keyboard.press("Tab")
        now = page.evaluate(NOW)
        if now is None:
            break
        stops.pop(now["stop"], None)
        if not now["shown"]:
            yield f"does not show its focus: {now['words']}"
        if not now["seen"]:
            yield f"has the focus out of sight, behind “{now['before']}”: {now['words']}"
    for words in stops.values():
        yield f"is not reached by Tab: {words}"
