import interactions
from client import run


@interactions.slash_command("form", description="Opens the form")
async def form(context: interactions.SlashContext) -> None:
    name = interactions.ShortText(label="Name", custom_id="name", max_length=30)
    more = interactions.ParagraphText(label="More", custom_id="more", required=False)
    await context.send_modal(interactions.Modal(name, more, title="About you", custom_id="about"))


@interactions.modal_callback("about")
async def about(context: interactions.ModalContext, name: str, more: str) -> None:
    await context.send(f"Hello {name}", ephemeral=True)


run()
