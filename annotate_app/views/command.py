"""Show a command that does what no page does, to be copied into a terminal."""

import shlex

import streamlit as st


def show(about: str, words: str, study: str) -> None:
    """Show what the command does, and the command for a study of this name."""
    st.text(about)
    st.code(f"{words} {shlex.quote(study)}", language=None, wrap_lines=True)
