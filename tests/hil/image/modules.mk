# vimc and gpio-sim, which Debian's kernel leaves out; gpio-sim takes the simulated interrupts with it.
obj-m := gpio-sim.o
gpio-sim-y := gpio_sim_driver.o irq_sim.o
