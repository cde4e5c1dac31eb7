variable "volumes" {
  description = "The data volume of each host that has one."

  type = map(object({
    type       = string
    size       = number
    iops       = optional(number)
    throughput = optional(number)
  }))

  validation {
    condition = alltrue([
      for volume in var.volumes : contains(["gp2", "gp3", "io1", "io2", "st1", "sc1"], volume.type)
    ])
    error_message = "A volume is of type gp2, gp3, io1, io2, st1 or sc1."
  }

  validation {
    condition     = alltrue([for volume in var.volumes : volume.size >= 1 && volume.size == floor(volume.size)])
    error_message = "A volume's size is a whole number of GiB."
  }

  validation {
    condition = alltrue([
      for volume in var.volumes : volume.iops != null if contains(["io1", "io2"], volume.type)
    ])
    error_message = "A volume of type io1 or io2 needs iops."
  }

  validation {
    condition = alltrue([
      for volume in var.volumes :
      volume.iops == null || contains(["gp3", "io1", "io2"], volume.type)
    ])
    error_message = "Only volumes of type gp3, io1 and io2 have iops of choice."
  }

  validation {
    condition     = alltrue([for volume in var.volumes : volume.throughput == null || volume.type == "gp3"])
    error_message = "Only volumes of type gp3 have throughput of choice."
  }
}
