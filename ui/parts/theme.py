"""How the page looks: system fonts, one accent, light and dark. Nothing is loaded from elsewhere."""

from __future__ import annotations

from pathlib import Path

import gradio as gr

_FOLDER = Path(__file__).resolve().parents[2] / "assets" / "css"
# In this order in the page: a later rule wins over an earlier one of equal weight.
CSS = [_FOLDER / f"{name}.css" for name in ("page", "header", "form", "result", "tell", "library", "figures")]
# In the head of the page: where things lie before the style sheets have come.
FIRST = _FOLDER / "first.css"

_FONTS = ("system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "sans-serif")
_MONO = ("ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "monospace")


def theme() -> gr.themes.Base:
    """Return the theme; ``CSS`` says the rest."""
    base = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.stone,
        radius_size=gr.themes.sizes.radius_lg,
        spacing_size=gr.themes.sizes.spacing_md,
        text_size=gr.themes.sizes.text_md,
        font=_FONTS,
        font_mono=_MONO,
    )
    return base.set(
        body_background_fill="#fbfaf8",
        body_background_fill_dark="#171614",
        background_fill_primary="#ffffff",
        background_fill_primary_dark="#1f1e1b",
        background_fill_secondary="#f5f3ef",
        background_fill_secondary_dark="#262420",
        block_background_fill="transparent",
        block_background_fill_dark="transparent",
        border_color_primary="#e7e3dc",
        border_color_primary_dark="#37342f",
        color_accent="*primary_700",
        border_color_accent="*primary_700",
        border_color_accent_dark="*primary_400",
        body_text_color_subdued="#6b665e",
        body_text_color_subdued_dark="#a8a297",
        block_border_width="0px",
        block_shadow="none",
        block_label_background_fill="transparent",
        block_label_background_fill_dark="transparent",
        block_label_border_width="0px",
        block_label_text_color="*body_text_color_subdued",
        block_label_text_color_dark="*body_text_color_subdued",
        block_title_text_weight="500",
        block_title_text_color="*body_text_color_subdued",
        block_title_text_color_dark="*body_text_color_subdued",
        input_background_fill="#ffffff",
        input_background_fill_dark="#262420",
        input_border_width="1px",
        input_border_color="#ddd8cf",
        input_border_color_dark="#423e37",
        input_border_color_focus="*primary_600",
        input_border_color_focus_dark="*primary_400",
        input_placeholder_color="*body_text_color_subdued",
        input_placeholder_color_dark="*body_text_color_subdued",
        input_shadow_focus="0 0 0 3px rgb(13 148 136 / 0.18)",
        button_primary_background_fill="*primary_700",
        button_primary_background_fill_hover="*primary_800",
        button_primary_background_fill_dark="*primary_400",
        button_primary_background_fill_hover_dark="*primary_300",
        button_primary_text_color="#ffffff",
        button_primary_text_color_dark="#082f2b",
        button_secondary_background_fill="#f1eee8",
        button_secondary_background_fill_hover="#e7e3da",
        button_secondary_background_fill_dark="#2d2a26",
        button_secondary_background_fill_hover_dark="#3a362f",
        button_large_text_weight="600",
        checkbox_background_color_selected="*primary_700",
        checkbox_background_color_selected_dark="*primary_600",
        checkbox_label_background_fill="transparent",
        checkbox_label_background_fill_dark="transparent",
        slider_color="*primary_600",
        slider_color_dark="*primary_400",
        link_text_color="*primary_700",
        link_text_color_dark="*primary_300",
    )
