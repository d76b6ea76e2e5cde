const { ActionRowBuilder, ButtonBuilder, ButtonStyle, SlashCommandBuilder } = require("discord.js");
const { PRIVATE, ROLE_ID, run } = require("./client.cjs");

run([new SlashCommandBuilder().setName("board").setDescription("Posts the board")], async (interaction) => {
  if (interaction.isChatInputCommand()) {
    const button = new ButtonBuilder().setCustomId("red").setLabel("Red").setStyle(ButtonStyle.Secondary);
    await interaction.reply({ content: "Take a role", components: [new ActionRowBuilder().addComponents(button)] });
    return;
  }
  await interaction.deferReply({ flags: PRIVATE });
  const { roles } = interaction.member;
  const held = roles.cache.has(ROLE_ID);
  await (held ? roles.remove(ROLE_ID, "clicked") : roles.add(ROLE_ID, "clicked"));
  await interaction.editReply(held ? "You no longer hold it." : "You hold it now.");
});
