// Bring a new item to its top: Streamlit would leave the page where the last one was saved.
export default function ({ data, parentElement }) {
  if (parentElement.dataset.item === data.item) return;
  parentElement.dataset.item = data.item;
  parentElement.closest('[data-testid="stMain"]')?.scrollTo(0, 0);
}
