const { ApplicationCommandType, ContextMenuCommandBuilder, SlashCommandBuilder } = require("discord.js");
const { PRIVATE, run } = require("./client.cjs");

const echo = new SlashCommandBuilder()
  .setName("echo")
  .setDescription("Says it again")
  .addStringOption((option) => option.setName("text").setDescription("Text").setRequired(true).setAutocomplete(true));
const quote = new ContextMenuCommandBuilder().setName("Quote").setType(ApplicationCommandType.Message);

run([echo, quote], async (interaction) => {
  if (interaction.isAutocomplete()) {
    const fruits = ["apple", "banana"].filter((fruit) => fruit.includes(interaction.options.getFocused()));
    await interaction.respond(fruits.map((fruit) => ({ name: fruit, value: fruit })));
  } else if (interaction.isChatInputCommand()) {
    await interaction.reply({ content: interaction.options.getString("text"), flags: PRIVATE });
  } else {
    await interaction.deferReply({ flags: PRIVATE });
    await interaction.editReply(`> ${interaction.targetMessage.content}`);
  }
});
