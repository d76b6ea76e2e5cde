const { LabelBuilder, ModalBuilder, SlashCommandBuilder, TextInputBuilder, TextInputStyle } = require("discord.js");
const { PRIVATE, run } = require("./client.cjs");

run([new SlashCommandBuilder().setName("form").setDescription("Opens the form")], async (interaction) => {
  if (interaction.isChatInputCommand()) {
    const name = new TextInputBuilder().setCustomId("name").setStyle(TextInputStyle.Short).setMaxLength(30);
    const more = new TextInputBuilder().setCustomId("more").setStyle(TextInputStyle.Paragraph).setRequired(false);
    const labels = [
      new LabelBuilder().setLabel("Name").setTextInputComponent(name),
      new LabelBuilder().setLabel("More").setTextInputComponent(more),
    ];
    await interaction.showModal(new ModalBuilder().setCustomId("about").setTitle("About you").addLabelComponents(labels));
  } else {
    await interaction.reply({ content: `Hello ${interaction.fields.getTextInputValue("name")}`, flags: PRIVATE });
  }
});
