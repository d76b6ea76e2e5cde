const { ActionRowBuilder, RoleSelectMenuBuilder, SlashCommandBuilder, StringSelectMenuBuilder } = require("discord.js");
const { PRIVATE, run } = require("./client.cjs");

run([new SlashCommandBuilder().setName("menu").setDescription("Posts the menus")], async (interaction) => {
  if (interaction.isChatInputCommand()) {
    const options = ["apple", "pear", "plum"].map((x) => ({ label: x[0].toUpperCase() + x.slice(1), value: x }));
    const fruit = new StringSelectMenuBuilder().setCustomId("fruit").setPlaceholder("Fruit").setMaxValues(3).addOptions(options);
    const roles = new RoleSelectMenuBuilder().setCustomId("roles").setPlaceholder("Roles").setMaxValues(2);
    const components = [fruit, roles].map((menu) => new ActionRowBuilder().addComponents(menu));
    await interaction.reply({ content: "Pick", components });
  } else if (interaction.isStringSelectMenu()) {
    await interaction.update(interaction.values.join(", "));
  } else {
    await interaction.reply({ content: interaction.roles.map((role) => role.name).join(", "), flags: PRIVATE });
  }
});
